//! The maximum size of a response.

/// Maximum size of a response as Lambda's payload, in bytes. Lambda rejects a response of more than 6 MB.
const MAX_PAYLOAD: usize = 5 * 1024 * 1024;
/// Size of the payload without the body: status, headers, and the members around the list.
const ENVELOPE: usize = 4096;

/// The part of a response's maximum size that a list still has.
#[derive(Debug, Clone, Copy)]
pub struct PayloadBudget {
    left: usize,
}

impl Default for PayloadBudget {
    fn default() -> Self {
        Self { left: MAX_PAYLOAD - ENVELOPE }
    }
}

impl PayloadBudget {
    /// Takes the size of an element, as JSON, from the budget. Returns whether the element fits.
    pub fn take(&mut self, json: &str) -> bool {
        // In the payload, the body is a JSON string: quotes and backslashes are escaped. A comma separates elements.
        let escaped = json.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count();
        let left = self.left.checked_sub(json.len() + escaped + 1);
        self.left = left.unwrap_or_default();
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_counts_the_body_as_a_json_string() {
        let whole = MAX_PAYLOAD - ENVELOPE - 1;
        for text in ["a", "é", "\"", "\\", "\\u0001"] {
            let size = serde_json::to_string(text).unwrap().len() - 2;
            let fits = text.repeat(whole / size);
            assert!(PayloadBudget::default().take(&fits), "{text}");
            assert!(!PayloadBudget::default().take(&(fits + &text.repeat(2))), "{text}");
        }
        let mut budget = PayloadBudget::default();
        assert!(budget.take(&"a".repeat(whole - 2)) && budget.take("a") && !budget.take(""));
    }
}
