//! A line of JSON for each request: metadata alone.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

/// The file; each line is written at once.
pub(crate) struct Journal(Mutex<File>);

impl Journal {
    /// Opens a file to append to, and creates it for its owner alone.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self(Mutex::new(options.open(path)?)))
    }

    /// Appends a line. A request is answered whether or not that succeeds.
    pub(crate) fn append(&self, entry: &Value) {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = file.write_all(format!("{entry}\n").as_bytes());
    }
}
