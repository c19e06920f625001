//! Which version of the layout a file has.

use super::error::StoreError;
use serde::Deserialize;

/// Only the version, whatever else there is.
#[derive(Deserialize)]
struct Version {
    schema_version: u32,
}

/// Makes sure that a JSON file has the layout that this version writes. `what` says what it should be.
pub(crate) fn check_version(
    file: &'static str,
    text: &str,
    version: u32,
    what: &str,
) -> Result<(), StoreError> {
    let Version { schema_version } =
        serde_json::from_str(text).map_err(|error| StoreError::json(file, &error, what))?;
    if schema_version == version {
        return Ok(());
    }
    let expected = format!("layout {version}, as this version writes it");
    Err(StoreError::new(file, format!("layout {schema_version}"), expected))
}
