//! Text is checked while it arrives (RFC 6455 §8.1).

/// Checks a text of which one part after the other is there, looking at each byte once.
#[derive(Clone, Debug, Default)]
pub struct Utf8Checker {
    /// How long the text is that is known to be valid.
    valid: usize,
    /// The beginning of a character whose end has not come.
    begun: [u8; 4],
    begun_length: u8,
}

impl Utf8Checker {
    /// How much of the text has been checked.
    pub(super) fn checked(&self) -> usize {
        self.valid + usize::from(self.begun_length)
    }

    /// Checks the next part.
    ///
    /// On an error, returns where in the text the first sequence begins that is invalid.
    pub fn check(&mut self, mut part: &[u8]) -> Result<(), usize> {
        while self.begun_length > 0
            && let [byte, rest @ ..] = part
        {
            // There is room: four bytes are a character, or invalid.
            self.begun[usize::from(self.begun_length)] = *byte;
            self.begun_length += 1;
            part = rest;
            match str::from_utf8(&self.begun[..self.begun_length.into()]) {
                Ok(_) => {
                    self.valid += usize::from(self.begun_length);
                    self.begun_length = 0;
                }
                Err(error) if error.error_len().is_some() => return Err(self.valid),
                Err(_) => (),
            }
        }
        let Err(error) = simdutf8::compat::from_utf8(part) else {
            self.valid += part.len();
            return Ok(());
        };
        self.valid += error.valid_up_to();
        if error.error_len().is_some() {
            return Err(self.valid);
        }
        let begun = &part[error.valid_up_to()..];
        self.begun[..begun.len()].copy_from_slice(begun);
        // The beginning of a character is three bytes at most.
        self.begun_length = begun.len() as u8;
        Ok(())
    }

    /// Checks that the text does not end inside a character.
    pub fn finish(&self) -> Result<(), usize> {
        if self.begun_length == 0 {
            Ok(())
        } else {
            Err(self.valid)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::str;

    use proptest::{collection::vec, prelude::*};

    use super::*;

    /// Feeds `text` in pieces that end at `cuts`; returns where it fails and how much had been fed.
    fn feed(text: &[u8], cuts: &[usize]) -> Result<(), (usize, usize)> {
        let mut checker = Utf8Checker::default();
        for &cut in cuts.iter().chain([&text.len()]) {
            let part = &text[checker.checked()..cut];
            checker.check(part).map_err(|at| (at, cut))?;
        }
        checker.finish().map_err(|at| (at, text.len()))
    }

    /// Where the standard library finds the first error.
    fn first_error(text: &[u8]) -> Result<(), usize> {
        str::from_utf8(text)
            .map(drop)
            .map_err(|error| error.valid_up_to())
    }

    /// Whether `text` can be the beginning of a valid text.
    fn can_continue(text: &[u8]) -> bool {
        str::from_utf8(text).map_or_else(|error| error.error_len().is_none(), |_| true)
    }

    #[test]
    fn fails_with_the_first_bad_byte() {
        for text in [
            &b"\x80"[..],
            b"ok\xc0\xaf",
            b"ok\xc1\xbf",
            b"\xce\xba\xff",
            b"\xe0\x80\x80",
            b"\xe0\x9f\xbf",
            b"\xed\xa0\x80",
            b"\xed\xbf\xbf",
            b"\xe2\x82A",
            b"\xf0\x8f\xbf\xbf",
            b"\xf4\x90\x80\x80",
            b"\xf5\x80\x80\x80",
            b"\xf0\x9f\x98\xc0",
        ] {
            let every: Vec<usize> = (0..text.len()).collect();
            let (at, fed) = feed(text, &every).unwrap_err();
            assert_eq!(Err(at), first_error(text), "{text:x?}");
            assert!(
                !can_continue(&text[..fed]) && can_continue(&text[..fed - 1]),
                "{text:x?}"
            );
        }
    }

    #[test]
    fn end_inside_a_character_is_an_error_at_the_end_only() {
        let text = "a€".as_bytes();
        assert_eq!(feed(&text[..3], &[1, 2, 3]), Err((1, 3)));
        assert_eq!(feed(text, &[1, 2, 3]), Ok(()));
    }

    /// Pieces of text that are valid, nearly valid, and long enough for vector instructions.
    fn piece() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            8 => any::<char>().prop_map(|c| c.to_string().into_bytes()),
            4 => "[a-z]{0,80}".prop_map(String::into_bytes),
            1 => vec(0x80..=0xff_u8, 1..4),
            1 => any::<char>().prop_map(|c| {
                let mut bytes = c.to_string().into_bytes();
                bytes.pop();
                bytes
            }),
        ]
    }

    proptest! {
        #[test]
        fn agrees_with_the_standard_library(
            pieces in vec(piece(), 0..40),
            mut cuts in vec(any::<prop::sample::Index>(), 0..10),
        ) {
            let text = pieces.concat();
            let mut cuts: Vec<usize> =
                cuts.drain(..).map(|cut| cut.index(text.len() + 1)).collect();
            cuts.sort_unstable();
            match feed(&text, &cuts) {
                Ok(()) => prop_assert_eq!(Ok(()), first_error(&text)),
                Err((at, fed)) => {
                    prop_assert_eq!(Err(at), first_error(&text));
                    // Not later than with the piece that holds the bad byte.
                    let before = cuts.iter().rev().find(|&&cut| cut < fed).copied().unwrap_or(0);
                    prop_assert!(can_continue(&text[..before]));
                }
            }
        }
    }
}
