//! Data directory of the embedded DynamoDB: the database, a lock file, and the endpoint URL of the serving process.

use std::{
    fs::{self, DirBuilder, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use crate::StartError;

/// Name of the database file.
const DATABASE: &str = "dynamodb.sqlite";

/// Name of the lock file. The operating system releases the lock when the process exits, even after a crash.
const LOCK: &str = "lock";

/// Name of the file with the endpoint URL of the serving process. Commands connect to it while a server runs.
const ENDPOINT: &str = "endpoint";

/// A data directory, locked by this process until the value is dropped.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    // Only held, never read.
    _lock: File,
}

impl DataDir {
    /// Locks the directory. Creates it if it does not exist.
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
        // A process that crashed did not remove it.
        directory.remove_endpoint().map_err(unwritable)?;
        Ok(directory)
    }

    /// Returns the path of the database file.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }

    /// Writes the endpoint URL of this process for other processes to read.
    pub(crate) fn publish_endpoint(&self, endpoint: &str) -> Result<(), StartError> {
        // The rename is atomic: a reader gets the whole URL or no file.
        let draft = self.path.join("endpoint.new");
        fs::write(&draft, endpoint)
            .and_then(|()| fs::rename(&draft, self.path.join(ENDPOINT)))
            .map_err(|source| StartError::DirectoryUnwritable { path: self.path.clone(), source })
    }

    /// Returns the endpoint URL that the process using the directory `path` has published.
    pub(crate) fn published_endpoint(path: &Path) -> Option<String> {
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
        // If this fails, the next process that opens the directory removes the file.
        let _ = self.remove_endpoint();
    }
}

/// Creates the directory with access for its owner only. Its data is otherwise protected by API keys.
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
    fn only_one_process_can_open_a_directory() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        let first = DataDir::open(&path).unwrap();
        assert!(matches!(DataDir::open(&path), Err(StartError::DirectoryInUse { path: used }) if used == path));
        drop(first);
        DataDir::open(&path).unwrap();
    }

    #[test]
    fn the_error_names_a_directory_that_cannot_be_created() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().join("data");
        let error = DataDir::open(&path).unwrap_err();
        assert!(matches!(error, StartError::DirectoryUnwritable { .. }), "{error}");
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    }

    #[test]
    fn the_endpoint_is_published_until_the_directory_is_closed() {
        let parent = tempfile::tempdir().unwrap();
        assert_eq!(DataDir::published_endpoint(parent.path()), None);
        let directory = DataDir::open(parent.path()).unwrap();
        directory.publish_endpoint("http://127.0.0.1:1").unwrap();
        assert_eq!(DataDir::published_endpoint(parent.path()).as_deref(), Some("http://127.0.0.1:1"));
        drop(directory);
        assert_eq!(DataDir::published_endpoint(parent.path()), None);
    }

    #[test]
    fn opening_removes_a_stale_endpoint() {
        let parent = tempfile::tempdir().unwrap();
        fs::write(parent.path().join(ENDPOINT), "http://127.0.0.1:1").unwrap();
        let _directory = DataDir::open(parent.path()).unwrap();
        assert_eq!(DataDir::published_endpoint(parent.path()), None);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_access_a_new_directory() {
        use std::os::unix::fs::PermissionsExt;

        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        let _directory = DataDir::open(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
