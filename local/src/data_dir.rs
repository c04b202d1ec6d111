//! The directory of the embedded store: its database, a lock, and the address of the process that serves it.

use std::{
    fs::{self, DirBuilder, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use crate::StartError;

/// The database.
const DATABASE: &str = "dynamodb.sqlite";

/// Locked by the process that works in the directory. The system lets go of it when that process ends, however it ends.
const LOCK: &str = "lock";

/// Where that process serves the database, so that commands reach it while a server runs.
const ENDPOINT: &str = "endpoint";

/// A data directory that this process alone works in, until it is dropped.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    // Held, never read.
    _lock: File,
}

impl DataDir {
    /// Makes the directory if it is missing, and locks it.
    pub(crate) fn open(path: &Path) -> Result<Self, StartError> {
        let unwritable = |source| StartError::DirectoryUnwritable { path: path.to_owned(), source };
        create(path).map_err(unwritable)?;
        let lock =
            File::options().create(true).truncate(false).write(true).open(path.join(LOCK)).map_err(unwritable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StartError::DirectoryInUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(unwritable(source)),
        }
        let directory = Self { path: path.to_owned(), _lock: lock };
        // Whoever wrote it did not live to remove it.
        directory.remove_endpoint().map_err(unwritable)?;
        Ok(directory)
    }

    /// The path of the database.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }

    /// Tells other processes where this one serves the database.
    pub(crate) fn publish(&self, endpoint: &str) -> Result<(), StartError> {
        // Renamed into place: a reader sees all of it or nothing.
        let draft = self.path.join("endpoint.new");
        fs::write(&draft, endpoint)
            .and_then(|()| fs::rename(&draft, self.path.join(ENDPOINT)))
            .map_err(|source| StartError::DirectoryUnwritable { path: self.path.clone(), source })
    }

    /// Where the process that works in the directory `path` serves its database, if it has said so.
    pub(crate) fn published(path: &Path) -> Option<String> {
        fs::read_to_string(path.join(ENDPOINT)).ok()
    }

    fn remove_endpoint(&self) -> io::Result<()> {
        match fs::remove_file(self.path.join(ENDPOINT)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        // Left behind, it is removed by the next to open the directory.
        let _ = self.remove_endpoint();
    }
}

/// Makes the directory, for its owner only: it holds what the API tells only those who have a key.
fn create(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_at_a_time_works_in_a_directory() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        let first = DataDir::open(&path).unwrap();
        assert!(matches!(DataDir::open(&path), Err(StartError::DirectoryInUse { path: used }) if used == path));
        drop(first);
        DataDir::open(&path).unwrap();
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().join("data");
        let error = DataDir::open(&path).unwrap_err();
        assert!(matches!(error, StartError::DirectoryUnwritable { .. }), "{error}");
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    }

    #[test]
    fn the_endpoint_is_told_for_as_long_as_it_is_served() {
        let parent = tempfile::tempdir().unwrap();
        assert_eq!(DataDir::published(parent.path()), None);
        let directory = DataDir::open(parent.path()).unwrap();
        directory.publish("http://127.0.0.1:1").unwrap();
        assert_eq!(DataDir::published(parent.path()).as_deref(), Some("http://127.0.0.1:1"));
        drop(directory);
        assert_eq!(DataDir::published(parent.path()), None);
    }

    #[test]
    fn an_endpoint_left_behind_is_forgotten() {
        let parent = tempfile::tempdir().unwrap();
        fs::write(parent.path().join(ENDPOINT), "http://127.0.0.1:1").unwrap();
        let _directory = DataDir::open(parent.path()).unwrap();
        assert_eq!(DataDir::published(parent.path()), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_new_directory_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;

        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        let _directory = DataDir::open(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
