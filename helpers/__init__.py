"""What the chapters import. Data flows recordings, training, analysis, claims, figures."""
