import type { Database } from './types.ts'

const maxAnswers = 1_000

/**
 * Answers of the database, remembered until anything is written: for questions that come with every connection or every
 * few seconds, and whose rows would be read and parsed each time. Whoever gets an answer shares it with others, and leaves
 * it as it is.
 *
 * @param tables all that the answer comes from, and those whose rows take theirs with them; any when left out.
 */
export function untilWritten<T>(database: Pick<Database, 'generation'>, ask: (key: string) => T, tables?: readonly string[]): (key: string) => T {
  const answers = new Map<string, T>()
  let answersOf: number | null = null
  return (key) => {
    const generation = database.generation(tables)
    // inside of a transaction an answer may be another one a moment later
    if (generation === null) return ask(key)
    if (generation !== answersOf || answers.size >= maxAnswers) answers.clear()
    answersOf = generation
    const known = answers.get(key)
    if (known !== undefined) return known
    const answer = ask(key)
    answers.set(key, answer)
    return answer
  }
}
