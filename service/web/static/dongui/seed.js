/**
 * SEED (RFC 4269), the cipher of Korean private key files, which WebCrypto does not have; decryption in CBC only.
 */

export const BLOCK_BYTES = 16;
const ROUNDS = 16;
const GOLDEN_RATIO = 0x9e3779b9;
const MASKS = [0xfc, 0xf3, 0xcf, 0x3f];

const S1 = box(
  "a985d6d3541dac255d43181e51fcca632844209de0e2c817a58f037bbb13d2ee" +
  "708c3fa832ddf674ec950b575c5bbd01241c739810ccf2d92ce772839bd186c9" +
  "6050a3eb0db69e4fb75ac678a612afd561c3b441527d8d081f9900190453f7e1" +
  "fd762f27b08b0eaba26e934d697c090abfeff3c58714fe64de2e4b1a06216b66" +
  "02f5928a0cb37ed07a4796e52680addfa13037ae36152238f4a7454c81e98497" +
  "35cbce3c7111c78975fbdaf8945982c4ff493967c0cfd7b80f8e4223916cdba4" +
  "34f148c26f3d2d40be3ebcc1aaba4e553bdc687f9cd84a5677a0ed46b52b65fa" +
  "e3b9b19f5ef9e6b231ea6d5fe4f0cd88163a58d462290733e81b0579906a2a9a",
);
const S2 = box(
  "38e82da6cfdeb3b8af6055c7446f6b5bc36233b529a0e2a7d39111061cbc364b" +
  "ef886ca817c416f4c245e1d63f3d8e98284ef63ea5f90ddfd82b667a272ff172" +
  "42d441c07367ac8bf7ad801fca2caa34d20beee95d9418f857ae08c513cd86b9" +
  "ff7dc131f58a6ab1d120d7022204687107db9d9961bee659dd5190dc9aa3abd0" +
  "810f471ae3ec8dbf967b5ca2a163234dc89e9c3a0c2eba6e9f5af292f34978cc" +
  "15fb70757f351003646dc674d5b4ea097619fe4012e0bd05fa01f02a5ea95643" +
  "8514899bb0e5487997fc1e82218c1b5f7754b21d254f0046ed5852eb7edac9fd" +
  "3095653cb6e4bb7c0e5039263284699337e724a4cb530a87d94c838fce3b4ab7",
);

/**
 * @param {Uint8Array} key 16 bytes
 * @param {Uint8Array} iv 16 bytes
 * @param {Uint8Array} data whole blocks
 * @returns {Uint8Array} with whatever padding there is
 */
export function decryptCbc(key, iv, data) {
  if (key.length !== BLOCK_BYTES || iv.length !== BLOCK_BYTES || data.length % BLOCK_BYTES) {
    throw new RangeError("SEED-CBC takes a key and a vector of 16 bytes, and whole blocks");
  }
  const roundKeys = schedule(key);
  const plain = new Uint8Array(data.length);
  let before = iv;
  for (let at = 0; at < data.length; at += BLOCK_BYTES) {
    const block = data.subarray(at, at + BLOCK_BYTES);
    plain.set(decryptBlock(roundKeys, block).map((byte, place) => byte ^ before[place]), at);
    before = block;
  }
  return plain;
}

/**
 * @param {[number, number][]} roundKeys
 * @param {Uint8Array} block
 * @returns {Uint8Array}
 */
function decryptBlock(roundKeys, block) {
  let [l0, l1, r0, r1] = words(block);
  for (let round = ROUNDS - 1; round >= 0; round -= 1) {
    const [f0, f1] = mixed(r0, r1, roundKeys[round]);
    [l0, l1, r0, r1] = [r0, r1, l0 ^ f0, l1 ^ f1];
  }
  return bytes(r0, r1, l0, l1); // the last round does not exchange the halves
}

/**
 * The round function F (RFC 4269 §2.2).
 *
 * @param {number} c
 * @param {number} d
 * @param {[number, number]} roundKey
 * @returns {[number, number]}
 */
function mixed(c, d, [key0, key1]) {
  const first = g(c ^ key0 ^ d ^ key1);
  const second = g(first + (c ^ key0));
  const third = g(first + second);
  return [(second + third) | 0, third];
}

/**
 * The function G (RFC 4269 §2.3).
 *
 * @param {number} x
 * @returns {number}
 */
function g(x) {
  const y = [S1[x & 0xff], S2[(x >>> 8) & 0xff], S1[(x >>> 16) & 0xff], S2[x >>> 24]];
  let z = 0;
  for (let to = 0; to < 4; to += 1) {
    let byte = 0;
    for (let from = 0; from < 4; from += 1) byte ^= y[from] & MASKS[(from + to) % 4];
    z |= byte << (8 * to);
  }
  return z;
}

/**
 * The keys of all rounds (RFC 4269 §2.4).
 *
 * @param {Uint8Array} key
 * @returns {[number, number][]}
 */
function schedule(key) {
  let [a, b, c, d] = words(key);
  const keys = /** @type {[number, number][]} */ ([]);
  for (let round = 0; round < ROUNDS; round += 1) {
    const constant = (GOLDEN_RATIO << round) | (round && GOLDEN_RATIO >>> (32 - round));
    keys.push([g(a + c - constant), g(b - d + constant)]);
    if (round % 2 === 0) [a, b] = [(a >>> 8) | (b << 24), (b >>> 8) | (a << 24)];
    else [c, d] = [(c << 8) | (d >>> 24), (d << 8) | (c >>> 24)];
  }
  return keys;
}

/**
 * @param {Uint8Array} block
 * @returns {number[]} four
 */
function words(block) {
  const view = new DataView(block.buffer, block.byteOffset, BLOCK_BYTES);
  return [0, 4, 8, 12].map((at) => view.getInt32(at));
}

/**
 * @param {...number} four
 * @returns {Uint8Array}
 */
function bytes(...four) {
  const view = new DataView(new ArrayBuffer(BLOCK_BYTES));
  four.forEach((word, at) => view.setInt32(4 * at, word));
  return new Uint8Array(view.buffer);
}

/**
 * @param {string} hex
 * @returns {Uint8Array}
 */
function box(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}
