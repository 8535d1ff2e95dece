"""Do two embeddings agree, up to the turn that aligns them?"""
