"""Drafts: tokens that probably come next, computed together with the last one and kept where they were right."""
