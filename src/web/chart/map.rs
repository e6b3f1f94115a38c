//! The map: hosters where they are, before the land of the earth.
//!
//! Drawn whole by the node, so that it works and prints without script; `frontend/src/map.ts` takes over the
//! same elements where it runs. Hosters that would lie on one another are a number that leads nearer.

mod view;

use std::fmt::Write;

use super::mercator::Point;
use super::{Escaped, Patch, label, width};

pub use view::{CLOSEST, View};

/// The size of the map, in the units of its drawing.
pub const MAP_WIDTH: f64 = 640.0;
/// Its height.
pub const MAP_HEIGHT: f64 = 560.0;

/// Where marks begin to be one, between their middles.
const REACH: f64 = 36.0;
/// How far apart hosters of one town are drawn, on the canvas: at the closest look beside each other.
const APART: f64 = 3.4;
/// The turn from one to the next of these, in radians: the golden angle, by which none hides another.
const TURN: f64 = 2.4;
/// The stylesheet's size of a label, and the line it stands on, below the middle of its mark.
const LABEL_SIZE: i32 = 13;
const LABEL_LINE: i32 = 30;
/// The radius of a hoster's mark.
const RADIUS: i32 = 16;

/// A hoster on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct Port<'a> {
    /// Its id: its row is `#h-id`, its island's drawing `#i-id`.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The name with the town.
    pub label: String,
    /// Where it is.
    pub at: Point,
}

/// A drawn map.
pub struct Map {
    /// What goes inside the `<svg>`, over the land; all text in it is escaped.
    pub marks: String,
    /// Which ports have a mark of their own.
    pub alone: Vec<usize>,
    /// How many lie outside of the view.
    pub outside: usize,
}

/// Draws hosters apart that are said to be in the very same place.
pub fn spread(ports: &mut [Port]) {
    let places: Vec<Point> = ports.iter().map(|port| port.at).collect();
    for (position, port) in ports.iter_mut().enumerate() {
        let before = places[..position]
            .iter()
            .filter(|at| **at == places[position]);
        let nth = before.count() as f64;
        port.at.x += APART * nth.sqrt() * (TURN * nth).cos();
        port.at.y += APART * nth.sqrt() * (TURN * nth).sin();
    }
}

/// Draws what lies in a view; `href` is the address of another, `counted` says how many a number stands for.
pub fn draw(
    ports: &[Port],
    view: View,
    here: Option<Point>,
    href: impl Fn(View) -> String,
    counted: impl Fn(usize) -> String,
) -> Map {
    let (groups, outside) = gathered(ports, view);
    let mut marks = String::new();
    let bodies = groups.iter().map(|group| body(group.at));
    let mut taken: Vec<Patch> = bodies.collect();
    for group in groups.iter().filter(|group| group.ports.len() > 1) {
        // The view that parts a group, or comes nearer to that.
        let nearer = View {
            middle: view.under(group.at),
            zoom: (view.zoom + 2).min(CLOSEST),
        };
        draw_number(
            &mut marks,
            group,
            &href(nearer),
            &counted(group.ports.len()),
        );
    }
    let mut alone = Vec::new();
    for group in groups.iter().filter(|group| group.ports.len() == 1) {
        alone.push(group.ports[0]);
        draw_port(&mut marks, &ports[group.ports[0]], group.at, &mut taken);
    }
    if let Some(here) = here {
        let (x, y) = view.place(here);
        let _ = write!(
            marks,
            r#"<path class="buoy" d="M-8-12l5-16h6l5 16zM0-28v-8M0 0v-12" transform="translate({x:.0} {y:.0})"/>"#
        );
    }
    Map {
        marks,
        alone,
        outside,
    }
}

/// Ports that lie on one another in a view.
struct Group {
    at: (f64, f64),
    ports: Vec<usize>,
}

/// What is seen, gathered where it would overlap, and how many lie outside.
fn gathered(ports: &[Port], view: View) -> (Vec<Group>, usize) {
    let reach = if view.zoom == CLOSEST { 0.0 } else { REACH };
    let mut groups: Vec<Group> = Vec::new();
    let mut outside = 0;
    for (position, port) in ports.iter().enumerate() {
        let (x, y) = view.place(port.at);
        if !(0.0..=MAP_WIDTH).contains(&x) || !(0.0..=MAP_HEIGHT).contains(&y) {
            outside += 1;
            continue;
        }
        let is_near = |group: &&mut Group| (group.at.0 - x).hypot(group.at.1 - y) < reach;
        match groups.iter_mut().find(is_near) {
            Some(group) => group.ports.push(position),
            None => groups.push(Group {
                at: (x, y),
                ports: vec![position],
            }),
        }
    }
    (groups, outside)
}

fn draw_number(marks: &mut String, group: &Group, href: &str, counted: &str) {
    let (x, y) = group.at;
    let _ = write!(
        marks,
        r#"<a class="many" href="{}" rel="nofollow" aria-label="{}" transform="translate({x:.0} {y:.0})"><circle r="{}"/><text y="5">{}</text></a>"#,
        Escaped(href),
        Escaped(counted),
        RADIUS + 1,
        group.ports.len(),
    );
}

fn draw_port(marks: &mut String, port: &Port, (x, y): (f64, f64), taken: &mut Vec<Patch>) {
    let name = label(port.name);
    let patch = Patch::of_text(&name, LABEL_SIZE, x as i32, y as i32 + LABEL_LINE);
    let others = taken.iter().filter(|other| **other != body((x, y)));
    let has_room =
        !others.into_iter().any(|other| other.overlaps(&patch)) && is_on_the_map(&name, x);
    let lesser = if has_room { "" } else { r#" class="lesser""# };
    if has_room {
        taken.push(patch);
    }
    let id = Escaped(port.id);
    let _ = write!(
        marks,
        r##"<a class="port" id="m-{id}" href="#h-{id}" aria-label="{}" transform="translate({x:.0} {y:.0})"><circle r="{RADIUS}"/><use href="#i-{id}" x="-100" y="-100" transform="scale(.14)"/><text{lesser} y="{LABEL_LINE}">{}</text></a>"##,
        Escaped(&port.label),
        Escaped(&name),
    );
}

fn is_on_the_map(name: &str, x: f64) -> bool {
    let half = f64::from(width(name, LABEL_SIZE)) / 2.0;
    x - half >= 0.0 && x + half <= MAP_WIDTH
}

/// What a mark takes.
fn body((x, y): (f64, f64)) -> Patch {
    let (x, y) = (x as i32, y as i32);
    Patch {
        left: x - RADIUS,
        top: y - RADIUS,
        right: x + RADIUS,
        bottom: y + RADIUS,
    }
}

#[cfg(test)]
mod tests;
