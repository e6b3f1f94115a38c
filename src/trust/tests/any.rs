//! What holds whoever vouches for whom.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::plainly::Plain;
use super::reached;
use super::world::{World, policies, policy, worlds};
use crate::trust::{Actor, Edge, assess};

/// Honest actors, anchors first, and fakes, whom the anchors do not vouch for; the number of the honest.
fn fooled_worlds() -> impl Strategy<Value = (World, u32)> {
    let parts = (worlds("AACHHH", 2..8, 1), worlds("CH", 2..14, 1));
    parts.prop_flat_map(|(honest, fakes)| {
        let boundary = honest.actors.len() as u32;
        let actors: Vec<Actor> = [honest.actors, fakes.actors].concat();
        let actor = 0..actors.len() as u32;
        let edges = prop::collection::vec((actor.clone(), actor, 0..6_i64), 0..60);
        edges.prop_map(move |edges| {
            let edges = edges
                .into_iter()
                .map(|(from, to, since)| Edge { from, to, since });
            let is_apart =
                |edge: &Edge| !(actors[edge.from as usize].is_anchor && edge.to >= boundary);
            let edges = edges.filter(is_apart).collect();
            let actors = actors.clone();
            (World { actors, edges }, boundary)
        })
    })
}

/// The honest who vouch for a fake.
fn fooled(world: &World, boundary: u32) -> BTreeSet<u32> {
    let crossing = world.edges.iter();
    crossing
        .filter(|edge| edge.from < boundary && edge.to >= boundary)
        .map(|edge| edge.from)
        .collect()
}

/// Who stands on the path that is shown of an actor, with it.
fn along(world: &World, path: &[u32]) -> Vec<u32> {
    let steps = path.iter().map(|edge| world.edges[*edge as usize]);
    let mut along: Vec<u32> = steps.clone().map(|edge| edge.from).take(1).collect();
    along.extend(steps.map(|edge| edge.to));
    along
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn everybody_is_reached_as_the_rule_says(world in worlds("AACCHHHHch", 2..11, 40), policy in policies()) {
        let plain = Plain { world: &world, policy: &policy };
        let assessment = assess(&world.graph(), &policy);
        let depths = plain.depths();
        for actor in 0..world.actors.len() as u32 {
            let depth = assessment.reached(actor).map(|reached| usize::from(reached.depth));
            prop_assert_eq!(depth, depths.get(&actor).copied(), "actor {}", actor);
        }
        prop_assert_eq!(&assessment.verdicts, &plain.verdicts());
    }

    #[test]
    fn the_path_that_is_shown_is_one_of_the_rules(world in worlds("AACCHHHHch", 2..11, 40), policy in policies()) {
        let assessment = assess(&world.graph(), &policy);
        let paths = Plain { world: &world, policy: &policy }.paths();
        for actor in reached(&assessment) {
            let shown = along(&world, assessment.reached(actor).unwrap().path());
            if !shown.is_empty() {
                prop_assert_eq!(shown[shown.len() - 1], actor);
                prop_assert!(paths.contains(&shown), "{:?}", shown);
            }
        }
    }

    #[test]
    fn paths_that_share_nobody_are_counted_right(world in worlds("AAAACCHHHHH", 4..12, 50), policy in policies()) {
        let assessment = assess(&world.graph(), &policy);
        let plain = Plain { world: &world, policy: &policy };
        for actor in reached(&assessment) {
            let reached = assessment.reached(actor).unwrap();
            let expected = match reached.depth {
                0 => 1,
                _ => plain.corroboration(&assessment, actor),
            };
            prop_assert_eq!(usize::from(reached.corroboration), expected, "actor {}", actor);
        }
    }

    #[test]
    fn no_more_fakes_are_reached_than_the_quotas_of_those_who_were_fooled((world, boundary) in fooled_worlds(), policy in policies()) {
        let assessment = assess(&world.graph(), &policy);
        let fakes = reached(&assessment).into_iter().filter(|actor| *actor >= boundary).count();
        let quotas = fooled(&world, boundary).into_iter().map(|actor| world.quota(actor, &policy));
        let bound: usize = quotas.sum();
        prop_assert!(fakes <= bound, "{} fakes of {}", fakes, bound);
    }

    #[test]
    fn a_fake_has_no_more_paths_than_were_fooled((world, boundary) in fooled_worlds(), policy in policies()) {
        let assessment = assess(&world.graph(), &policy);
        let fooled = fooled(&world, boundary).len();
        for fake in boundary..world.actors.len() as u32 {
            if let Some(reached) = assessment.reached(fake) {
                prop_assert!(usize::from(reached.corroboration) <= fooled);
            }
        }
    }

    #[test]
    fn what_fakes_say_takes_nobodys_place_but_behind_who_was_fooled((world, boundary) in fooled_worlds(), policy in policies()) {
        let mut silent = world.clone();
        silent.edges.retain(|edge| edge.from < boundary);
        let fooled = fooled(&world, boundary);
        let (before, after) = (assess(&silent.graph(), &policy), assess(&world.graph(), &policy));
        for actor in reached(&before) {
            let path = along(&silent, before.reached(actor).unwrap().path());
            let is_behind = path.iter().any(|other| fooled.contains(other));
            prop_assert!(is_behind || after.reached(actor).is_some(), "actor {} of {:?}", actor, path);
        }
    }

    #[test]
    fn anchors_are_reached_whatever_others_say((world, _) in fooled_worlds(), policy in policies()) {
        let assessment = assess(&world.graph(), &policy);
        for actor in (0..world.actors.len() as u32).filter(|actor| world.is_anchor(*actor)) {
            prop_assert_eq!(assessment.reached(actor).unwrap().depth, 0);
        }
    }

    #[test]
    fn the_order_in_which_vouches_are_known_changes_nothing(
        (world, order) in worlds("AACCHHHHch", 2..11, 40).prop_flat_map(|mut world| {
            world.edges.sort_unstable_by_key(|edge| (edge.from, edge.to, edge.since));
            world.edges.dedup();
            let order = Just((0..world.edges.len()).collect::<Vec<_>>()).prop_shuffle();
            (Just(world), order)
        }),
        policy in policies(),
    ) {
        let mut other = world.clone();
        other.edges = order.iter().map(|number| world.edges[*number]).collect();
        let (one, two) = (assess(&world.graph(), &policy), assess(&other.graph(), &policy));
        for actor in 0..world.actors.len() as u32 {
            let told = |reached: &crate::trust::Reached, world: &World| {
                (reached.depth, reached.corroboration, along(world, reached.path()))
            };
            let one = one.reached(actor).map(|reached| told(reached, &world));
            prop_assert_eq!(one, two.reached(actor).map(|reached| told(reached, &other)));
        }
        for (position, number) in (0..).zip(order) {
            prop_assert_eq!(two.verdict(position), one.verdict(number as u32));
        }
    }

    #[test]
    fn taking_a_vouch_back_reaches_nobody_anew_while_all_are_within_their_quotas(
        world in worlds("AACCHHHHch", 2..11, 40),
        which in any::<prop::sample::Index>(),
    ) {
        if world.edges.is_empty() {
            return Ok(());
        }
        let policy = policy(3, 100, 100);
        let mut without = world.clone();
        without.edges.remove(which.index(world.edges.len()));
        let before = assess(&world.graph(), &policy);
        for actor in reached(&assess(&without.graph(), &policy)) {
            prop_assert!(before.reached(actor).is_some());
        }
    }

    #[test]
    fn a_vouch_taken_back_makes_way_only_for_others_in_the_same_reach(
        world in worlds("ACCHHHH", 3..11, 40),
        which in any::<prop::sample::Index>(),
        policy in policies(),
    ) {
        if world.edges.is_empty() {
            return Ok(());
        }
        let mut without = world.clone();
        let gone = without.edges.remove(which.index(world.edges.len()));
        let (before, after) = (assess(&world.graph(), &policy), assess(&without.graph(), &policy));
        for actor in reached(&after) {
            let path = along(&without, after.reached(actor).unwrap().path());
            let vouches_for_who_gave_it = |other: &u32| {
                without.edges.iter().any(|edge| edge.from == *other && edge.to == gone.from)
            };
            let is_touched = path.iter().any(|other| *other == gone.from || vouches_for_who_gave_it(other));
            prop_assert!(is_touched || before.reached(actor).is_some(), "actor {} of {:?}", actor, path);
        }
    }
}
