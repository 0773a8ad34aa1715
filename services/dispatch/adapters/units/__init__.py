"""Whose matter it is, learned from who handled what before (责任单位推荐)."""
