"""What a stage costs: traffic as it arrives, batches as its settings form them, what each asks of AWS, list prices."""
