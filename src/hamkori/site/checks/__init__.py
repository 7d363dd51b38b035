"""What `./hamkori check` asks of the source: the tools, and the rules that no tool knows."""
