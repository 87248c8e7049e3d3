import { storeImage, webImage } from '../../service/testing/engine-images.ts'

/** A web server that logs each request and a store behind it: `name` tells the apps of one engine apart. */
export function counterApp(name: string): string {
  return `name: ${name}
services:
  web:
    image: ${webImage.ref}
    command: [/bin/httpd, -f, -vv, -p, "8080", -h, /www]
    ports: ["8080:8080"]
    depends_on: [store]
    restart: always
  store:
    image: ${storeImage.ref}
    restart: always
`
}

/** One small part: starts at once. Each is an app of its own, not one that was sent away under another name. */
export function smallApp(name: string): string {
  return `name: ${name}
services:
  web:
    image: ${webImage.ref}
    environment: { APP: ${name} }
    restart: always
`
}
