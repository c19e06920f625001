//! The digest of a run: one number that differs when anything that happened differs.
//!
//! It is xxh3-64 over canonical records of 24 bytes: time, kind and entity, payload. Entities are stable names
//! (request numbers, node ids), never positions in memory, so a faster engine keeps the digest.

use serde::Serialize;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// Records between two checkpoints.
pub const CHECKPOINT_RECORDS: u64 = 1 << 20;
/// Bytes collected before they are hashed; a multiple of the record's size.
const BUFFER_BYTES: usize = RECORD_BYTES * 170;
/// Bytes of one record.
const RECORD_BYTES: usize = 24;

/// xxh3-64 of some bytes, for hashes of texts.
pub fn hash64(bytes: &[u8]) -> u64 {
    xxh3_64(bytes)
}

/// A hash of all that a value says, for a record of the digest.
pub fn content_hash(value: &impl Serialize) -> u64 {
    let content = serde_json::to_vec(value).expect("records have no keys but strings");
    hash64(&content)
}

/// One canonical record of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DigestRecord {
    /// Virtual time in nanoseconds.
    pub at: u64,
    /// Kind of the record in the top 8 bits, stable number of the entity in the lower 56.
    pub subject: u64,
    /// Whatever else the record says, such as a node and an outcome.
    pub payload: u64,
}

impl DigestRecord {
    /// The record's kind.
    pub const fn kind(&self) -> u8 {
        (self.subject >> 56) as u8
    }

    /// The entity's number.
    pub const fn entity(&self) -> u64 {
        self.subject & (u64::MAX >> 8)
    }
}

/// Hashes the records of a run as they come.
#[derive(Clone)]
pub struct Digest {
    hasher: Xxh3,
    buffer: [u8; BUFFER_BYTES],
    used: usize,
    records: u64,
    checkpoints: Vec<(u64, u64)>,
    kept: Option<Kept>,
}

/// The records of one stretch of a run, kept to find a difference.
#[derive(Clone, Debug)]
struct Kept {
    from: u64,
    until: u64,
    records: Vec<DigestRecord>,
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Digest").field("records", &self.records).finish_non_exhaustive()
    }
}

impl Default for Digest {
    fn default() -> Self {
        Self {
            hasher: Xxh3::new(),
            buffer: [0; BUFFER_BYTES],
            used: 0,
            records: 0,
            checkpoints: Vec::new(),
            kept: None,
        }
    }
}

impl Digest {
    /// Keeps the records numbered `from..until`, of those that are still to come.
    pub fn keep_records(&mut self, from: u64, until: u64) {
        self.kept = Some(Kept { from, until, records: Vec::new() });
    }

    /// Adds a record.
    #[inline]
    pub fn add(&mut self, record: DigestRecord) {
        let slot = &mut self.buffer[self.used..self.used + RECORD_BYTES];
        slot[..8].copy_from_slice(&record.at.to_le_bytes());
        slot[8..16].copy_from_slice(&record.subject.to_le_bytes());
        slot[16..].copy_from_slice(&record.payload.to_le_bytes());
        self.used += RECORD_BYTES;
        if self.kept.is_some() {
            self.keep(record);
        }
        self.records += 1;
        if self.used == BUFFER_BYTES || self.records & (CHECKPOINT_RECORDS - 1) == 0 {
            self.flush();
        }
    }

    /// Records so far.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// The digest, the checkpoints on the way, and the records that were to be kept.
    pub fn finish(mut self) -> (u64, Vec<(u64, u64)>, Vec<DigestRecord>) {
        self.flush();
        (self.hasher.digest(), self.checkpoints, self.kept.map(|kept| kept.records).unwrap_or_default())
    }

    #[cold]
    fn keep(&mut self, record: DigestRecord) {
        if let Some(kept) = &mut self.kept
            && (kept.from..kept.until).contains(&self.records)
        {
            kept.records.push(record);
        }
    }

    #[cold]
    fn flush(&mut self) {
        self.hasher.update(&self.buffer[..self.used]);
        self.used = 0;
        if self.records > 0 && self.records.is_multiple_of(CHECKPOINT_RECORDS) {
            self.checkpoints.push((self.records, self.hasher.digest()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest_of(records: u64) -> (u64, Vec<(u64, u64)>, Vec<DigestRecord>) {
        let mut digest = Digest::default();
        digest.keep_records(5, 7);
        for i in 0..records {
            digest.add(DigestRecord { at: i, subject: i << 8, payload: !i });
        }
        digest.finish()
    }

    #[test]
    fn the_digest_is_the_published_one_however_it_is_buffered() {
        // Golden: the hash of the concatenated records, computed in one piece.
        for count in [0_u64, 1, 169, 170, 171, 5_000] {
            let mut bytes = Vec::new();
            for i in 0..count {
                bytes.extend([i, i << 8, !i].iter().flat_map(|word| word.to_le_bytes()));
            }
            assert_eq!(digest_of(count).0, xxh3_64(&bytes), "{count} records");
        }
        assert_eq!(digest_of(0).0, 0x2d06_8005_38d3_94c2, "the published hash of nothing");
    }

    #[test]
    fn checkpoints_stand_at_every_2_to_the_20_records() {
        let (_, checkpoints, kept) = digest_of(2 * CHECKPOINT_RECORDS + 3);
        assert_eq!(checkpoints.iter().map(|c| c.0).collect::<Vec<_>>(), [1 << 20, 2 << 20]);
        assert_eq!(checkpoints[0].1, digest_of(CHECKPOINT_RECORDS).0);
        assert_eq!(kept.iter().map(|r| r.at).collect::<Vec<_>>(), [5, 6]);
    }
}
