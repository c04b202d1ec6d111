//! Data directory of the embedded DynamoDB: the database, a lock file, and the socket of the serving process. Only its
//! owner has access to it: it contains everything that API keys protect.

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

/// Name of the Unix socket of the serving process. Commands connect to it while a server runs.
const SOCKET: &str = "dynamodb.sock";

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
        // An earlier version, or another user, may have created them with more permissions.
        restrict(path).map_err(unwritable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StartError::DirectoryInUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(unwritable(source)),
        }
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// Returns the path of the database file.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }

    /// Returns the path of the socket on which the process that uses the directory `path` serves its database.
    pub(crate) fn socket(path: &Path) -> PathBuf {
        path.join(SOCKET)
    }

    /// Removes all permissions of others from the files of the directory.
    pub(crate) fn restrict_access(&self) -> Result<(), StartError> {
        restrict(&self.path).map_err(|source| StartError::DirectoryUnwritable { path: self.path.clone(), source })
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

/// Removes the permissions of group and others from the directory and its files.
#[cfg(unix)]
fn restrict(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        // A symbolic link could point to a file outside the directory.
        if entry.file_type()?.is_file() {
            fs::set_permissions(entry.path(), fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn restrict(_: &Path) -> io::Result<()> {
    Ok(())
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

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_access_a_new_directory() {
        use std::os::unix::fs::PermissionsExt;

        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        let _directory = DataDir::open(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    }
    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_access_an_existing_directory() {
        use std::os::unix::fs::PermissionsExt;

        let parent = tempfile::tempdir().unwrap();
        let (directory, database) = (parent.path().join("data"), parent.path().join("data").join(DATABASE));
        fs::create_dir(&directory).unwrap();
        fs::write(&database, "").unwrap();
        for (path, mode) in [(&directory, 0o777), (&database, 0o666)] {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        let _opened = DataDir::open(&directory).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&directory), mode(&database), mode(&directory.join(LOCK))), (0o700, 0o600, 0o600));
    }
}
