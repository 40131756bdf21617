"""One module per command or group of commands; `cli.main` lists them."""
