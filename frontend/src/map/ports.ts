/** The hosters of the map, read from the rows of the list, and which of them are one mark in a view. */
import Supercluster from "supercluster";

/** A hoster on the map; its row is the truth, this is where it lies. */
export interface Port {
  id: string;
  name: string;
  town: string;
  longitude: number;
  latitude: number;
}

/** A mark: one port, or a number of them that leads nearer. */
export type Mark = { x: number; y: number } & ({ port: Port } | { cluster: number; count: number });

/** The canvas of `land.svg`, as `src/web/chart/mercator.rs` has it too. */
const WIDTH = 16_384;
const NORTH = 78;
/** Where marks begin to be one, in units of the map. */
const REACH = 36;
/** The width of the earth at step 0 of the clustering, which counts by steps that double. */
const EXTENT = 512;
/** The last step at which marks are one: at the closest look each stands for itself. */
const DEEPEST = 7;

export function readPorts(list: ParentNode): Port[] {
  return [...list.querySelectorAll<HTMLElement>("[data-lat]")].map((row) => ({
    id: row.id.slice(2),
    name: row.querySelector(".port-name")?.textContent?.trim() ?? "",
    town: row.querySelector(".port-town")?.textContent?.trim() ?? "",
    longitude: Number(row.dataset.lon),
    latitude: Number(row.dataset.lat),
  }));
}

/** Where degrees lie on the canvas, by Mercator's projection. */
export function project(longitude: number, latitude: number): [number, number] {
  return [((longitude + 180) / 360) * WIDTH, down(latitude) - down(NORTH)];
}

/** The degrees of a point of the canvas. */
export function unproject(x: number, y: number): [number, number] {
  const up = -((y + down(NORTH)) / WIDTH) * 2 * Math.PI;
  return [(x / WIDTH) * 360 - 180, (2 * Math.atan(Math.exp(up)) * 180) / Math.PI - 90];
}

function down(latitude: number): number {
  return (-Math.log(Math.tan(Math.PI / 4 + (latitude * Math.PI) / 360)) / (2 * Math.PI)) * WIDTH;
}

export class Ports {
  private readonly index = new Supercluster<{ at: number }>({
    radius: REACH,
    extent: EXTENT,
    maxZoom: DEEPEST,
  });

  readonly ports: Port[];

  constructor(ports: Port[]) {
    this.ports = ports;
    const point = ({ longitude, latitude }: Port, at: number) => ({
      type: "Feature" as const,
      geometry: { type: "Point" as const, coordinates: [longitude, latitude] },
      properties: { at },
    });
    this.index.load(ports.map(point));
  }

  /** The marks of the whole earth, where a unit of the canvas is `scale` units of the map. */
  at(scale: number): Mark[] {
    return this.index
      .getClusters([-180, -85, 180, 85], step(scale))
      .flatMap(({ geometry, properties }): Mark[] => {
        const [longitude = 0, latitude = 0] = geometry.coordinates;
        const [x, y] = project(longitude, latitude);
        if ("cluster_id" in properties)
          return [{ x, y, cluster: properties.cluster_id, count: properties.point_count }];
        const port = this.ports[properties.at];
        return port ? [{ x, y, port }] : [];
      });
  }

  /** The scale at which a number becomes several marks. */
  scaleThatParts(cluster: number): number {
    return (EXTENT / WIDTH) * 2 ** (this.index.getClusterExpansionZoom(cluster) + 0.01);
  }
}

const step = (scale: number) => Math.max(0, Math.floor(Math.log2((WIDTH * scale) / EXTENT)));
