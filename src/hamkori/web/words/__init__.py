"""What codes, sections, steps and reasons are called on pages: one place for what two areas say."""
