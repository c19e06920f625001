//! The command from outside: exit codes, texts, files, and the tidiness of the repository.

mod bad_files;
mod command;
mod compare;
mod documents;
mod exit_codes;
mod gate;
mod goldens;
mod help;
mod interrupt;
mod replications;
mod report;
mod report_sweep;
mod run_directory;
mod sweep;
mod tidy;
