//! Typed reading of a policy's parameters, defaults filled in.

use crate::catalogue::{ParamForm, ParamInfo, ParamValue, PolicyEntry, PolicySpec};
use crate::{ConfigError, Duration};
use alloc::format;
use core::fmt;

/// The parameters of one policy, checked against its entry. A parameter that is not written has its default.
///
/// A policy that asks for a parameter which its entry does not list, or in another form, is a broken
/// invariant: the methods panic, and the test that builds every entry finds it.
pub(crate) struct Params<'a> {
    entry: &'static PolicyEntry,
    spec: &'a PolicySpec,
}

impl<'a> Params<'a> {
    /// The parameters of `spec`, which was checked against `entry`.
    pub(crate) const fn new(entry: &'static PolicyEntry, spec: &'a PolicySpec) -> Self {
        Self { entry, spec }
    }

    /// A span of time.
    pub(crate) fn duration(&self, name: &str) -> Duration {
        match (self.info(name).form, self.spec.params.get(name)) {
            (ParamForm::Duration { .. }, Some(ParamValue::Duration(value))) => *value,
            (ParamForm::Duration { default, .. }, None) => default,
            _ => self.wrong_form(name),
        }
    }

    /// A whole number; its range must lie within `u32`.
    pub(crate) fn count(&self, name: &str) -> u32 {
        let value = match (self.info(name).form, self.spec.params.get(name)) {
            (ParamForm::Count { .. }, Some(ParamValue::Count(value))) => *value,
            (ParamForm::Count { default, .. }, None) => default,
            _ => self.wrong_form(name),
        };
        u32::try_from(value).expect("the catalogue's ranges of counts lie within u32")
    }

    /// A fraction.
    pub(crate) fn ratio(&self, name: &str) -> f64 {
        match (self.info(name).form, self.spec.params.get(name)) {
            (ParamForm::Ratio { .. }, Some(ParamValue::Ratio(value))) => *value,
            (ParamForm::Ratio { default, .. }, None) => default,
            _ => self.wrong_form(name),
        }
    }

    /// A plain number.
    pub(crate) fn number(&self, name: &str) -> f64 {
        match (self.info(name).form, self.spec.params.get(name)) {
            (ParamForm::Number { .. }, Some(ParamValue::Number(value))) => *value,
            (ParamForm::Number { default, .. }, None) => default,
            _ => self.wrong_form(name),
        }
    }

    /// Yes or no.
    pub(crate) fn flag(&self, name: &str) -> bool {
        match (self.info(name).form, self.spec.params.get(name)) {
            (ParamForm::Flag { .. }, Some(ParamValue::Flag(value))) => *value,
            (ParamForm::Flag { default }, None) => default,
            _ => self.wrong_form(name),
        }
    }

    /// One of the entry's words, as its position in the list.
    pub(crate) fn choice(&self, name: &str) -> usize {
        match (self.info(name).form, self.spec.params.get(name)) {
            (ParamForm::Choice { words }, Some(ParamValue::Choice(value))) => {
                words.iter().position(|word| word == value).expect("the choice was checked")
            }
            (ParamForm::Choice { .. }, None) => 0,
            _ => self.wrong_form(name),
        }
    }

    /// The error for a parameter whose value does not fit the others.
    pub(crate) fn misfit(&self, name: &str, found: impl fmt::Display, expected: &str) -> ConfigError {
        ConfigError::new(&format!("{}.{name}", self.entry.name), found, expected)
    }

    fn info(&self, name: &str) -> &'static ParamInfo {
        self.entry.params.iter().find(|info| info.name == name).unwrap_or_else(|| {
            panic!("policy {} reads {name}, which its entry does not list", self.entry.name)
        })
    }

    fn wrong_form(&self, name: &str) -> ! {
        panic!("policy {} reads {name} in another form than its entry lists", self.entry.name)
    }
}
