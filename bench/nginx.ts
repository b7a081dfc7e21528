import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Contestant, Provider } from './contestant.ts';
import { family } from './proc.ts';
import { folder, freePort, listening, startServer } from './process.ts';
import { type Language, languages, type Manner, manners } from './scenario.ts';
import { endpointOf } from './upstream.ts';

/** Where systems keep it that do not have it on every user's path. */
const places = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/local/bin/nginx', '/opt/homebrew/bin/nginx'];

/** Starts nginx as a proxy that passes on everything at once: what passing costs at least, in practice. */
export async function startNginx(provider: Provider): Promise<Contestant | { readonly absent: string }> {
  const program = places.find((place) => existsSync(place));
  if (program === undefined) return { absent: 'there is no nginx; Debian has it as the package "nginx-light"' };
  const said = spawnSync(program, ['-v'], { encoding: 'utf8' }).stderr;
  const port = await freePort();
  const home = path.join(folder, `nginx-${port}`);
  mkdirSync(home);
  const config = path.join(home, 'nginx.conf');
  writeFileSync(config, configuration(provider, home, port));
  const server = startServer('nginx', program, ['-p', home, '-c', config, '-e', path.join(home, 'error.log')]);
  await listening(server, port);
  return {
    name: 'nginx',
    version: /nginx\/([\d.]+)/.exec(said)?.[1] ?? 'of unknown version',
    port,
    pids: () => family(server.pid),
    way: (client, upstream, manner) =>
      client === upstream ? { target: `/${client}/${manner}`, model: 'bench-model' } : undefined,
    stop: server.stop,
  };
}

function configuration(provider: Provider, home: string, port: number): string {
  const pairs = languages.flatMap((language) => manners.map((manner) => ({ language, manner })));
  const hosts = [...new Set(pairs.map(({ language, manner }) => new URL(provider.base(language, manner)).host))];
  return `
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid ${home}/nginx.pid;
events { worker_connections 19000; }
http {
  access_log off;
  tcp_nodelay on;
  keepalive_timeout 1h;
  keepalive_requests 100000000;
  client_max_body_size 64m;
  client_body_temp_path ${home}/body;
  proxy_temp_path ${home}/proxy;
  fastcgi_temp_path ${home}/fastcgi;
  uwsgi_temp_path ${home}/uwsgi;
  scgi_temp_path ${home}/scgi;
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_buffering off;
  proxy_request_buffering off;
  proxy_read_timeout 1h;
${hosts.map(upstreamBlock).join('\n')}
  server {
    listen 127.0.0.1:${port} backlog=4096;
${pairs.map(({ language, manner }) => location(provider, language, manner)).join('\n')}
  }
}
`;
}

function upstreamBlock(host: string): string {
  return `  upstream ${groupOf(host)} { server ${host}; keepalive 256; keepalive_requests 100000000; keepalive_timeout 1h; }`;
}

/** The path of the provider stands in the configuration, as it does for whoever puts nginx before a service. */
function location(provider: Provider, language: Language, manner: Manner): string {
  const { host, pathname } = new URL(provider.base(language, manner));
  const target = pathname.replace(/\/$/, '') + endpointOf(language, manner);
  return `    location = /${language}/${manner} { proxy_pass http://${groupOf(host)}${target}; }`;
}

function groupOf(host: string): string {
  return `provider_${host.replace(/\W/g, '_')}`;
}
