//! Runs the command as a user would, in a folder and environment of the test's own.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Asserts the exit code and returns the outcome to look further.
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Asserts that stderr says something.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "{text:?} is missing in:\n{}", self.stderr);
        self
    }
}

/// A folder of its own, with a small scenario in it.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    environment: BTreeMap<String, String>,
}

/// The small scenario: it meets its SLAs with any seed.
pub(crate) const TINY: &str = "tiny.yaml";

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
        let place = Self { folder, environment: BTreeMap::new() };
        place.write(TINY, include_str!("tiny.yaml"));
        place
    }

    /// Sets an environment variable for the commands to come.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_string(), value.to_string());
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path().join(name), bytes).expect("the folder is writable");
    }

    /// Names of everything in the folder, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).expect("the folder exists");
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("it is readable").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Runs the command with nothing on stdin.
    pub(crate) fn run(&self, args: &[&str]) -> Outcome {
        self.run_with_input(args, b"")
    }

    /// Runs the command and writes to its stdin.
    pub(crate) fn run_with_input(&self, args: &[&str], input: &[u8]) -> Outcome {
        run_in(self.path(), &self.environment, args, input)
    }
}

/// Runs the command in a folder with these variables and no others.
pub(crate) fn run_in(
    folder: &Path,
    environment: &BTreeMap<String, String>,
    args: &[&str],
    input: &[u8],
) -> Outcome {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cusinart-sim"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .envs(environment)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was built for this test");
    let mut stdin = child.stdin.take().expect("it is piped");
    // A command that does not read its input closes it early, which is no concern of the test.
    let _may_be_closed = stdin.write_all(input);
    drop(stdin);
    let output = child.wait_with_output().expect("the process was started");
    Outcome {
        code: output.status.code().expect("it ended by itself"),
        stdout: String::from_utf8(output.stdout).expect("results are UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

/// All files of a folder by name, without those in its folders.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries
        .map(|entry| entry.expect("it is readable").path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().expect("it has one").to_string_lossy().into_owned();
            (name, fs::read(&path).expect("it is readable"))
        })
        .collect()
}

/// The folder of the repository.
pub(crate) fn repository() -> PathBuf {
    let cli = Path::new(env!("CARGO_MANIFEST_DIR"));
    cli.parent().expect("the crate lies in the repository").to_path_buf()
}

/// The shipped scenarios, in order of their names.
pub(crate) fn shipped_scenarios() -> Vec<String> {
    let mut names: Vec<_> = files(&repository().join("scenarios"))
        .into_keys()
        .filter_map(|name| name.strip_suffix(".yaml").map(String::from))
        .collect();
    names.sort();
    names
}
