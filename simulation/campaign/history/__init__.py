"""What is sent: a workspace, people, and the requests of their clients, drawn from one seed."""
