import { pino } from 'pino'
import type { LogFields, Logger } from './types.ts'

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** Where log lines go: `process.stderr`, a file, or a test's buffer. */
export interface LogSink {
  write(line: string): unknown
}

/** JSON lines through pino. Field `error` is written with its stack and its causes. */
export function createLogger(level: LogLevel, sink: LogSink): Logger {
  const root = pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { error: pino.stdSerializers.errWithCause },
  }, { write: (line: string) => void sink.write(line) })
  return wrap(root)
}

function wrap(target: pino.Logger): Logger {
  return {
    debug: (message, fields) => target.debug(fields ?? {}, message),
    info: (message, fields) => target.info(fields ?? {}, message),
    warn: (message, fields) => target.warn(fields ?? {}, message),
    error: (message, fields) => target.error(fields ?? {}, message),
    child: (fields: LogFields) => wrap(target.child(fields)),
  }
}
