import { DepinError } from '../../../contract/errors.ts'

const maxLineChars = 1024 * 1024

/** Parses a stream of JSON values, one a line, no faster than they are read. Throws E_ENGINE on a line over 1 MiB. */
export async function* jsonLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<unknown, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > maxLineChars) throw new DepinError('E_ENGINE', 'The container engine sent a line without an end.')
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line)
  }
  if (rest.trim() !== '') yield JSON.parse(rest)
}
