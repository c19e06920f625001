//! Typed reading of a policy's parameters, defaults filled in.

use crate::catalogue::check::shortened;
use crate::catalogue::{ParamForm, ParamInfo, ParamValue, PolicyEntry, PolicySpec};
use crate::{ConfigError, Duration};
use alloc::format;
use alloc::string::ToString;
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
        let ParamForm::Duration { default, .. } = self.info(name).form else { self.wrong_form(name) };
        let Some(value) = self.spec.params.get(name) else { return default };
        let ParamValue::Duration(value) = value else { self.wrong_form(name) };
        *value
    }

    /// A whole number; its range must lie within `u32`.
    pub(crate) fn count(&self, name: &str) -> u32 {
        let ParamForm::Count { default, .. } = self.info(name).form else { self.wrong_form(name) };
        let value = match self.spec.params.get(name) {
            None => default,
            Some(ParamValue::Count(value)) => *value,
            Some(_) => self.wrong_form(name),
        };
        u32::try_from(value).expect("the catalogue's ranges of counts lie within u32")
    }

    /// A fraction.
    pub(crate) fn ratio(&self, name: &str) -> f64 {
        let ParamForm::Ratio { default, .. } = self.info(name).form else { self.wrong_form(name) };
        let Some(value) = self.spec.params.get(name) else { return default };
        let ParamValue::Ratio(value) = value else { self.wrong_form(name) };
        *value
    }

    /// A plain number.
    pub(crate) fn number(&self, name: &str) -> f64 {
        let ParamForm::Number { default, .. } = self.info(name).form else { self.wrong_form(name) };
        let Some(value) = self.spec.params.get(name) else { return default };
        let ParamValue::Number(value) = value else { self.wrong_form(name) };
        *value
    }

    /// Yes or no.
    pub(crate) fn flag(&self, name: &str) -> bool {
        let ParamForm::Flag { default } = self.info(name).form else { self.wrong_form(name) };
        let Some(value) = self.spec.params.get(name) else { return default };
        let ParamValue::Flag(value) = value else { self.wrong_form(name) };
        *value
    }

    /// One of the entry's words, as its position in the list.
    pub(crate) fn choice(&self, name: &str) -> usize {
        let ParamForm::Choice { words } = self.info(name).form else { self.wrong_form(name) };
        let Some(value) = self.spec.params.get(name) else { return 0 };
        let ParamValue::Choice(value) = value else { self.wrong_form(name) };
        words.iter().position(|word| word == value).expect("the choice was checked")
    }

    /// A list in a form of the policy's own.
    pub(crate) fn text(&self, name: &str) -> &str {
        let ParamForm::Text { default, .. } = self.info(name).form else { self.wrong_form(name) };
        let Some(value) = self.spec.params.get(name) else { return default };
        let ParamValue::Text(value) = value else { self.wrong_form(name) };
        value
    }

    /// The error for a text that the policy cannot read.
    pub(crate) fn unreadable(&self, name: &str) -> ConfigError {
        let expected = self.info(name).form.to_string();
        ConfigError::new(&format!("{}.{name}", self.entry.name), shortened(self.text(name)), &expected)
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
