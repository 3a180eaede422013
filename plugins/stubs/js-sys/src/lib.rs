//! What chrono names of js-sys. A policy has no clock and no time zone: whoever asks for them traps, which the host takes for a denial.
use wasm_bindgen::JsValue;

/// A JavaScript date, of which there are none.
#[derive(Debug, Clone)]
pub struct Date(());

impl Date {
    /// The current time: a trap.
    pub fn new_0() -> Self {
        std::process::abort()
    }

    /// A trap.
    pub fn new(_: &JsValue) -> Self {
        std::process::abort()
    }

    /// A trap.
    pub fn new_with_year_month_day_hr_min_sec(_: u32, _: i32, _: i32, _: i32, _: i32, _: i32) -> Self {
        std::process::abort()
    }

    /// A trap.
    pub fn get_time(&self) -> f64 {
        std::process::abort()
    }

    /// A trap.
    pub fn get_timezone_offset(&self) -> f64 {
        std::process::abort()
    }
}
