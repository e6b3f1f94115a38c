//! The rule by examples; that it holds of any vouches is shown in the files beside.

mod any;
mod plainly;
mod world;

use super::{Assessment, assess};
use crate::domain::vouch::NotCounted;
use world::{World, policy, world};

fn assessed(world: &World) -> Assessment {
    assess(&world.graph(), &policy(3, 300, 3))
}

fn with_quotas(world: &World, collective: u32, hoster: u32) -> Assessment {
    assess(&world.graph(), &policy(3, collective, hoster))
}

/// The numbers of who is reached.
fn reached(assessment: &Assessment) -> Vec<u32> {
    let actors = (0..).zip(&assessment.reached);
    actors
        .filter_map(|(actor, reached)| reached.map(|_| actor))
        .collect()
}

fn verdicts(assessment: &Assessment) -> Vec<Option<NotCounted>> {
    assessment.verdicts.clone()
}

#[test]
fn a_member_of_a_collective_that_an_anchor_vouches_for_is_reached_by_that_path() {
    let assessment = assessed(&world("ACH", &[(1, 2), (0, 1)]));
    let hoster = assessment.reached(2).unwrap();
    assert_eq!((hoster.depth, hoster.corroboration), (2, 1));
    assert_eq!(hoster.path(), [1, 0]);
    let anchor = assessment.reached(0).unwrap();
    assert_eq!((anchor.depth, anchor.corroboration), (0, 1));
    assert!(anchor.path().is_empty());
}

#[test]
fn who_stands_three_steps_away_is_reached_and_vouches_for_nobody() {
    let assessment = assessed(&world("AHHHH", &[(0, 1), (1, 2), (2, 3), (3, 4)]));
    assert_eq!(reached(&assessment), [0, 1, 2, 3]);
    assert_eq!(assessment.verdict(3), Err(NotCounted::TooDeep));
    let nearer = policy(1, 300, 3);
    let assessment = assess(&world("AHH", &[(0, 1), (1, 2)]).graph(), &nearer);
    assert_eq!(verdicts(&assessment), [None, Some(NotCounted::TooDeep)]);
}

#[test]
fn whoever_is_not_reached_can_vouch_as_much_as_it_likes() {
    let assessment = assessed(&world("AHH", &[(1, 2), (2, 1), (2, 0)]));
    assert_eq!(reached(&assessment), [0]);
    assert_eq!(
        verdicts(&assessment),
        [Some(NotCounted::IssuerNotTrusted); 3]
    );
}

#[test]
fn of_a_hosters_vouches_the_three_oldest_count() {
    let mut world = world("AHHHHH", &[(0, 1), (1, 2), (1, 3), (1, 4), (1, 5)]);
    world.edges[1].since = 100;
    let assessment = assessed(&world);
    assert_eq!(reached(&assessment), [0, 1, 3, 4, 5]);
    assert_eq!(assessment.verdict(1), Err(NotCounted::OverQuota));
}

#[test]
fn of_vouches_of_one_moment_that_for_the_first_in_order_counts() {
    let mut world = world("AHHHH", &[(0, 1), (1, 4), (1, 3), (1, 2)]);
    for edge in &mut world.edges {
        edge.since = 7;
    }
    assert_eq!(reached(&with_quotas(&world, 1, 2)), [0, 1, 2, 3]);
}

#[test]
fn a_quota_counts_vouches_that_are_of_no_use_too() {
    let all = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (1, 4)];
    let assessment = with_quotas(&world("AHHHH", &all), 1, 2);
    assert_eq!(reached(&assessment), [0, 1, 2, 3]);
    assert_eq!(assessment.verdict(5), Err(NotCounted::OverQuota));
}

#[test]
fn a_quota_covers_members_first_and_then_those_they_vouch_for() {
    // 1 is a collective; its first member vouches for 4 before there is a second member.
    let all = [(0, 1), (1, 2), (2, 4), (2, 5), (1, 3)];
    let world = world("ACHHHH", &all);
    assert_eq!(reached(&with_quotas(&world, 4, 3)), [0, 1, 2, 3, 4, 5]);
    assert_eq!(reached(&with_quotas(&world, 3, 3)), [0, 1, 2, 3, 4]);
    let full = with_quotas(&world, 2, 3);
    assert_eq!(reached(&full), [0, 1, 2, 3]);
    assert_eq!(full.verdict(2), Err(NotCounted::OverQuota));
}

#[test]
fn members_who_vouch_for_one_another_take_no_places_by_it() {
    let all = [(0, 1), (1, 2), (1, 3), (2, 3), (3, 2), (2, 1), (3, 4)];
    let assessment = with_quotas(&world("ACHHH", &all), 3, 3);
    assert_eq!(reached(&assessment), [0, 1, 2, 3, 4]);
    assert_eq!(verdicts(&assessment), [None; 7]);
}

#[test]
fn fakes_gain_nothing_by_calling_themselves_collectives() {
    // 1 is a hoster that was fooled by 2; it has two places more, and no others.
    let all = [(0, 1), (1, 2), (2, 3), (2, 4), (2, 5), (2, 6)];
    let assessment = assessed(&world("AHCCCCC", &all));
    assert_eq!(reached(&assessment), [0, 1, 2, 3, 4]);
}

#[test]
fn who_is_blocked_is_not_reached_and_vouches_for_nobody() {
    let assessment = assessed(&world("AhH", &[(0, 1), (1, 2)]));
    assert_eq!(reached(&assessment), [0]);
    assert_eq!(
        verdicts(&assessment),
        [None, Some(NotCounted::IssuerBlocked)]
    );
    let blocked_anchor = assessed(&world("aH", &[(0, 1)]));
    assert!(reached(&blocked_anchor).is_empty());
}

#[test]
fn who_was_fooled_gets_no_new_places_when_fakes_are_blocked() {
    let all = [(0, 1), (1, 2), (1, 3), (1, 4), (1, 5)];
    assert_eq!(reached(&assessed(&world("AHhhhH", &all))), [0, 1]);
}

#[test]
fn a_second_vouch_for_the_same_counts_and_takes_no_place() {
    let all = [(0, 1), (1, 2), (1, 2), (2, 3), (2, 3), (1, 4), (2, 5)];
    let assessment = with_quotas(&world("AHHHHH", &all), 1, 2);
    assert_eq!(reached(&assessment), [0, 1, 2, 4]);
    let over = Some(NotCounted::OverQuota);
    let second_hand = with_quotas(&world("ACHHHH", &all), 3, 1);
    let counted = [None, None, None, None, None, None, over];
    assert_eq!(verdicts(&second_hand), counted);
    let none = [None, None, None, over, over, None, over];
    assert_eq!(verdicts(&assessment), none);
}

#[test]
fn nobody_vouches_for_oneself() {
    let assessment = with_quotas(&world("AHH", &[(0, 1), (1, 1), (1, 2)]), 1, 1);
    assert_eq!(reached(&assessment), [0, 1, 2]);
    assert_eq!(assessment.verdict(1), Err(NotCounted::OverQuota));
}

#[test]
fn of_shortest_paths_the_one_with_the_oldest_last_vouch_is_shown() {
    let all = [(1, 4), (0, 1), (0, 2), (2, 3), (1, 3), (0, 4)];
    let assessment = assessed(&world("ACCHH", &all));
    assert_eq!(assessment.reached(3).unwrap().path(), [2, 3]);
    assert_eq!(assessment.reached(4).unwrap().path(), [5]);
}

#[test]
fn two_collectives_of_one_anchor_are_one_path_and_those_of_two_are_two() {
    let of_one = world("ACCH", &[(0, 1), (0, 2), (1, 3), (2, 3)]);
    assert_eq!(assessed(&of_one).reached(3).unwrap().corroboration, 1);
    let of_two = world("AACCH", &[(0, 2), (1, 3), (2, 4), (3, 4)]);
    assert_eq!(assessed(&of_two).reached(4).unwrap().corroboration, 2);
}

#[test]
fn a_path_that_was_found_first_makes_way_for_two() {
    // 4 stands between 0 and 6, and between 1 and 5 which is the only way over 5.
    let all = [(0, 3), (0, 4), (1, 4), (3, 6), (4, 5), (4, 6), (5, 6)];
    let assessment = assessed(&world("AACHHHH", &all));
    assert_eq!(assessment.reached(6).unwrap().corroboration, 2);
}

#[test]
fn more_than_three_paths_are_three() {
    let all = [(0, 4), (1, 4), (2, 4), (3, 4)];
    let assessment = assessed(&world("AAAAH", &all));
    assert_eq!(assessment.reached(4).unwrap().corroboration, 3);
}
