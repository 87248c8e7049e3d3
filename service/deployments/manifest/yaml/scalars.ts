/** A value written without quotes, as compose reads it. */
export interface PlainValue {
  value: string | number | boolean | null
  /** As compose prints it where text is wanted: `0x1F` → `31`, `1.50` → `1.5`. */
  text: string
}

const integer = /^[-+]?(0b[01]+|0o?[0-7]+|0x[0-9a-f]+|[1-9][0-9]*|0)$/i
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)(e[-+]?[0-9]+)?$/i

/**
 * Gives a plain scalar its type by the rules of the YAML library that compose uses: YAML 1.2 with the octal numbers of
 * 1.1. `yes`, `no`, `on`, `22:22` and dates are text, so a port pair never becomes a number of minutes.
 */
export function resolvePlain(source: string): PlainValue {
  if (/^(~|null|Null|NULL|)$/.test(source)) return { value: null, text: '' }
  if (/^(true|True|TRUE|false|False|FALSE)$/.test(source)) {
    const value = source.toLowerCase() === 'true'
    return { value, text: String(value) }
  }
  if (!/^[-+.0-9]/.test(source) || source.length > 64) return { value: source, text: source }
  const digits = source.replaceAll('_', '')
  if (integer.test(digits)) return wholeNumber(digits)
  if (float.test(digits)) return { value: Number(digits), text: String(Number(digits)) }
  return { value: source, text: source }
}

function wholeNumber(digits: string): PlainValue {
  const magnitude = digits.replace(/^[-+]/, '').toLowerCase()
  const octal = /^0o?([0-7]+)$/.exec(magnitude)
  const exact = BigInt(octal === null ? magnitude : `0o${octal[1] ?? '0'}`) * (digits.startsWith('-') ? -1n : 1n)
  return { value: Number(exact), text: exact.toString() }
}
