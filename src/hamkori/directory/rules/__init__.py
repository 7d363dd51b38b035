"""What decides in the directory, without a database: folding, texts, hours, and who suits whom."""
