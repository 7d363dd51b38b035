"""The rooms behind `./hamkori`: one module for each thing that the launcher can do."""
