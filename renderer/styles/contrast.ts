/** Contrast of two OKLCH colours as WCAG 2.2 counts it, so that a test can hold the tokens to it. */

/** `oklch(0.5 0.1 168)` → linear sRGB. Conversion by Björn Ottosson, “A perceptual color space for image processing”. */
function linearRgb(colour: string): [r: number, g: number, b: number] {
  const match = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(colour)
  if (match === null) throw new Error(`${colour} is not an opaque oklch()`)
  const [lightness, chroma, degrees] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const a = chroma * Math.cos(degrees * Math.PI / 180)
  const b = chroma * Math.sin(degrees * Math.PI / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
}

function luminance(colour: string): number {
  const [r, g, b] = linearRgb(colour).map((part) => Math.min(1, Math.max(0, part))) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** 1 to 21. */
export function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}
