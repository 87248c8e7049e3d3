import { loadPart } from '../base/loadPart.ts'
import en from './en.json'
import type { Language } from './language.ts'

/** Every sentence has a key; a key that is not in the English catalogue is a type error. */
export type MessageId = keyof typeof en
export type Catalogue = Record<MessageId, string>

/** Loads a catalogue with the font its script needs. English is always here. */
export async function loadCatalogue(language: Language): Promise<Catalogue> {
  switch (language) {
    case 'en': return en
    case 'ar': return (await loadPart(() => import('./arabic.ts'))).arabic
  }
}
