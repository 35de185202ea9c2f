//! An inflater that is slow and plain, and knows how far back references go (RFC 1951).

/// Inflates a flushed stream behind `output`; returns the largest distance of a reference.
pub(super) fn inflate(input: &[u8], output: &mut Vec<u8>) -> usize {
    let mut bits = Bits { input, at: 0 };
    let mut farthest = 0;
    while bits.at + 3 <= input.len() * 8 {
        let _is_final = bits.take(1);
        match bits.take(2) {
            0 => {
                bits.at = bits.at.next_multiple_of(8);
                let length = bits.take(16);
                assert_eq!(bits.take(16), !length & 0xffff);
                output.extend((0..length).map(|_| bits.take(8) as u8));
            }
            1 => {
                let lengths: Vec<u8> = (0..288)
                    .map(|symbol| match symbol {
                        0..144 => 8,
                        144..256 => 9,
                        256..280 => 7,
                        _ => 8,
                    })
                    .collect();
                let block = (Code::new(&lengths), Code::new(&[5; 30]));
                farthest = farthest.max(inflate_block(&mut bits, &block, output));
            }
            2 => {
                let block = read_codes(&mut bits);
                farthest = farthest.max(inflate_block(&mut bits, &block, output));
            }
            _ => panic!("a block of the reserved type"),
        }
    }
    farthest
}

fn inflate_block(bits: &mut Bits<'_>, codes: &(Code, Code), output: &mut Vec<u8>) -> usize {
    let mut farthest = 0;
    loop {
        match codes.0.read(bits) {
            symbol @ 0..256 => output.push(symbol as u8),
            256 => return farthest,
            symbol => {
                let (base, extra) = LENGTHS[symbol - 257];
                let length = base + bits.take(extra);
                let (base, extra) = distance(codes.1.read(bits));
                let distance = base + bits.take(extra);
                farthest = farthest.max(distance);
                for _ in 0..length {
                    output.push(output[output.len() - distance]);
                }
            }
        }
    }
}

fn read_codes(bits: &mut Bits<'_>) -> (Code, Code) {
    let (literals, distances, count) = (bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4);
    let mut lengths = [0; 19];
    for symbol in ORDER.into_iter().take(count) {
        lengths[symbol] = bits.take(3) as u8;
    }
    let code = Code::new(&lengths);
    let mut lengths: Vec<u8> = Vec::new();
    while lengths.len() < literals + distances {
        let (length, times) = match code.read(bits) {
            16 => (lengths[lengths.len() - 1], 3 + bits.take(2)),
            17 => (0, 3 + bits.take(3)),
            18 => (0, 11 + bits.take(7)),
            length => (length as u8, 1),
        };
        lengths.extend(vec![length; times]);
    }
    (
        Code::new(&lengths[..literals]),
        Code::new(&lengths[literals..]),
    )
}

struct Bits<'a> {
    input: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> usize {
        let bit = |at: usize| usize::from(self.input[at / 8] >> (at % 8) & 1);
        let value = (0..count).map(|index| bit(self.at + index) << index).sum();
        self.at += count;
        value
    }
}

/// A canonical Huffman code: the symbols of each length, in order.
struct Code([Vec<usize>; 16]);

impl Code {
    fn new(lengths: &[u8]) -> Self {
        let of_length = |length: usize| {
            let symbols = 0..lengths.len();
            symbols
                .filter(|symbol| length > 0 && usize::from(lengths[*symbol]) == length)
                .collect()
        };
        Self(std::array::from_fn(of_length))
    }

    fn read(&self, bits: &mut Bits<'_>) -> usize {
        let (mut code, mut first) = (0, 0);
        for symbols in &self.0[1..] {
            code = code << 1 | bits.take(1);
            first <<= 1;
            if code < first + symbols.len() {
                return symbols[code - first];
            }
            first += symbols.len();
        }
        panic!("no symbol has this code");
    }
}

fn distance(symbol: usize) -> (usize, usize) {
    match symbol {
        0..4 => (symbol + 1, 0),
        _ => {
            let extra = symbol / 2 - 1;
            (((2 + symbol % 2) << extra) + 1, extra)
        }
    }
}

const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

#[rustfmt::skip]
const LENGTHS: [(usize, usize); 29] = [
    (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1),
    (17, 1), (19, 2), (23, 2), (27, 2), (31, 2), (35, 3), (43, 3), (51, 3), (59, 3), (67, 4),
    (83, 4), (99, 4), (115, 4), (131, 5), (163, 5), (195, 5), (227, 5), (258, 0),
];
