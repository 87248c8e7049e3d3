/** Between main and a utility process; messages and port messages are structured clone as text (base/codec.ts). */
export type ToChild =
  | { kind: 'message', message: string, ports: string[] }
  | { kind: 'port', port: string, message: string, ports: string[] }
  | { kind: 'portClosed', port: string }

export type FromChild =
  | { kind: 'message', message: string }
  | { kind: 'port', port: string, message: string, ports: string[] }
  | { kind: 'portClosed', port: string }
