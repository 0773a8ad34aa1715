-- The receipts of a day, however much else the archive holds.
CREATE INDEX archive_receipts ON archive (recorded_at) WHERE ce_type = 'hub.hotline.receipt.v1';
