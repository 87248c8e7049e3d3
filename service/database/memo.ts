import type { Database } from './types.ts'

const maxAnswers = 1_000

/**
 * Answers of the database, remembered until anything is written: for questions that come with every connection, and
 * whose rows would be read and parsed each time. Whoever gets an answer shares it with others, and leaves it as it is.
 */
export function untilWritten<T>(database: Pick<Database, 'generation'>, ask: (key: string) => T): (key: string) => T {
  const answers = new Map<string, T>()
  let answersOf: number | null = null
  return (key) => {
    const { generation } = database
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
