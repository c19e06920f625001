//! Tests of the reader and the writer through their public functions.

mod bad_files;
