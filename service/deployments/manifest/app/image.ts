import { quote } from '../notes.ts'
import { get, textOf } from '../tree.ts'
import { say, type ServiceContext } from './context.ts'

/** `[registry[:port]/]name[/name…][:tag][@digest]`, as registries have it. */
const reference = /^(?:(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?)\/)?[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[a-f0-9]{64})?$/

/** The image; undefined, with a note, when there is none a host could fetch. */
export function readImage(context: ServiceContext): string | undefined {
  const field = get(context.service, 'image')
  const build = get(context.service, 'build')
  const image = textOf(field)?.trim() ?? ''
  if (field === undefined || image === '') {
    if (build !== undefined) say(context, 'build.only', build)
    else if (get(context.service, 'provider') === undefined) context.notes.error(field ?? context.service, 'The service has no image. Add a line such as `image: nginx:1.29`.')
    return undefined
  }
  if (build !== undefined) say(context, 'build.beside-image', build, { image: quote(image) })
  if (image.length <= 400 && reference.test(image)) return image
  context.notes.error(field, `${quote(image)} is not the name of an image. Names are in lower case, as in ghcr.io/owner/app:1.2. A part is empty when a variable in it is not set.`)
  return undefined
}
