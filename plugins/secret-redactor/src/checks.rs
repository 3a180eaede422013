//! Check digits of tokens. A check that fails lowers what a form is worth and does not forbid it: of a token that was mistyped, cut or
//! changed, most is still the secret. So it is masked all the same where chance seems to have written it, and stays readable where it reads
//! like words, as in documents and tests.
use crate::{randomness::random, text::Mix};

/// Starts of tokens whose last six characters are a CRC-32 of the others behind the start, in base 62.
const CRC: &[&[u8]] = &[b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"npm_"];

/// Whether the token that a provider's form matched is to be masked.
pub(crate) fn holds_or_looks_random(token: &[u8]) -> bool {
    let Some(body) = CRC.iter().find_map(|start| token.strip_prefix(*start)) else { return true };
    let mix = Mix::of(body);
    crc_holds(body) || random(body) || (mix.kinds() == 3 && mix.changes * 4 >= body.len())
}

/// Whether the last six of 36 characters are the check of those before.
fn crc_holds(body: &[u8]) -> bool {
    let [random @ .., _, _, _, _, _, _] = body else { return false };
    body.len() == 36 && base62(crc32(random)) == body[random.len()..]
}

/// CRC-32 of Ethernet and gzip, a bit at a time: tokens are short and rare.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1)))
    })
}

/// Six digits, the least significant last; 0-9, then capitals, then small letters.
fn base62(mut number: u32) -> [u8; 6] {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut out = [b'0'; 6];
    for digit in out.iter_mut().rev() {
        *digit = DIGITS[(number % 62) as usize];
        number /= 62;
    }
    out
}

/// Whether the digits of a card's number, blanks and dashes left out, end in Luhn's check digit: 13 to 19 of them, not all the same.
pub(crate) fn is_card_number(value: &[u8]) -> bool {
    let digits = || value.iter().filter(|b| b.is_ascii_digit()).map(|b| u32::from(b - b'0'));
    let (count, first) = (digits().count(), digits().next());
    let sum: u32 = digits()
        .rev()
        .enumerate()
        .map(|(i, digit)| match i % 2 {
            0 => digit,
            _ if digit > 4 => 2 * digit - 9,
            _ => 2 * digit,
        })
        .sum();
    (13..=19).contains(&count)
        && value.iter().all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'-'))
        && sum.is_multiple_of(10)
        && digits().any(|digit| Some(digit) != first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_fails_frees_words_and_no_chance() {
        let good =
            [b"q7Zp0xW9vK3jT8bR2mYsX4kLqWeRtY".as_slice(), &base62(crc32(b"q7Zp0xW9vK3jT8bR2mYsX4kLqWeRtY"))].concat();
        assert!(crc_holds(&good));
        let worded =
            [b"exampleexampleexampleexampleab".as_slice(), &base62(crc32(b"exampleexampleexampleexampleab"))].concat();
        for (token, masked) in [
            ([b"ghp_".as_slice(), &good].concat(), true),
            (b"ghp_q7Zp0xW9vK3jT8bR2mYsX4kLqWeRtY000000".to_vec(), true),
            ([b"npm_".as_slice(), &worded].concat(), true),
            (b"npm_exampleexampleexampleexampleexampleex".to_vec(), false),
            (b"gho_personalaccesstokengoesherewithnodigits".to_vec(), false),
            (b"glpat-whateverwhateverwhatever".to_vec(), true),
        ] {
            assert_eq!(holds_or_looks_random(&token), masked, "{}", String::from_utf8_lossy(&token));
        }
    }

    #[test]
    fn crc_and_base_62_are_the_known_ones() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(&base62(61), b"00000z");
        assert_eq!(&base62(62), b"000010");
    }

    #[test]
    fn luhn_tells_cards_from_other_numbers() {
        for (value, card) in [
            ("4111 1111 1111 1111", true),
            ("5500-0000-0000-0004", true),
            ("378282246310005", true),
            ("4111 1111 1111 1112", false),
            ("0000000000000000", false),
            ("1700000000000", false),
            ("41111111x11111111", false),
        ] {
            assert_eq!(is_card_number(value.as_bytes()), card, "{value}");
        }
    }
}
