"""The tracking plan: what events may carry, whether they do, and the reasons for which they are refused."""
