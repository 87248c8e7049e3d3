/**
 * An `.icns` file of PNG images, which macOS reads since 10.7: the word `icns` and the whole length, then for each image its
 * type and length, each four bytes, big end first (Apple's “Icon Resources”).
 */
const types: Readonly<Record<number, string>> = { 16: 'icp4', 32: 'icp5', 64: 'icp6', 128: 'ic07', 256: 'ic08', 512: 'ic09', 1024: 'ic10' }

export const icnsSizes: readonly number[] = Object.keys(types).map(Number)

export function encodeIcns(images: readonly { size: number, png: Buffer }[]): Buffer {
  const entries = images.map(({ size, png }) => {
    const type = types[size]
    if (type === undefined) throw new RangeError(`there is no icon of ${size} pixels`)
    return Buffer.concat([Buffer.from(type), uint32(png.length + 8), png])
  })
  const body = Buffer.concat(entries)
  return Buffer.concat([Buffer.from('icns'), uint32(body.length + 8), body])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
