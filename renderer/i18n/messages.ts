import type en from './en.json'

/** Every sentence has a key; a key that is not in the English catalogue is a type error. */
export type MessageId = keyof typeof en
export type Catalogue = Record<MessageId, string>
