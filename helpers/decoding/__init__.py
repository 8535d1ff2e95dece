"""Reading the place off spikes or an embedding, on laps never seen, and how well it went."""
