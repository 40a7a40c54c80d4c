(** Finite sums over the batch: linearity, the sums that are known, and roots. Everything here is proved. *)
From Coq Require Import Reals Lra Lia List.
From Symbn Require Import Definitions.
Import ListNotations.
Open Scope R_scope.

Lemma bsum_ext m f g : (forall j, (j < m)%nat -> f j = g j) -> bsum m f = bsum m g.
Proof.
  induction m; simpl; intros H; auto.
  rewrite IHm by (intros; apply H; lia). rewrite H by lia. ring.
Qed.
Lemma bsum_plus m f g : bsum m (fun j => f j + g j) = bsum m f + bsum m g.
Proof. induction m; simpl; [ring | rewrite IHm; ring]. Qed.
Lemma bsum_minus m f g : bsum m (fun j => f j - g j) = bsum m f - bsum m g.
Proof. induction m; simpl; [ring | rewrite IHm; ring]. Qed.
Lemma bsum_scal m a f : bsum m (fun j => a * f j) = a * bsum m f.
Proof. induction m; simpl; [ring | rewrite IHm; ring]. Qed.
Lemma bsum_const m a : bsum m (fun _ => a) = INR m * a.
Proof. induction m; [simpl; ring |]. rewrite S_INR. simpl bsum. rewrite IHm. ring. Qed.
Lemma bsum_one m : bsum m (fun _ => 1) = INR m.
Proof. rewrite bsum_const. ring. Qed.

Lemma delta_refl i : delta i i = 1.
Proof. unfold delta. rewrite Nat.eqb_refl. reflexivity. Qed.
Lemma delta_diff i j : i <> j -> delta i j = 0.
Proof. intros H. unfold delta. destruct (Nat.eqb_spec i j); [contradiction | reflexivity]. Qed.
Lemma delta_sym i j : delta i j = delta j i.
Proof. unfold delta. rewrite Nat.eqb_sym. reflexivity. Qed.
Lemma bsum_delta m i f : (i < m)%nat -> bsum m (fun j => delta i j * f j) = f i.
Proof.
  induction m; [lia |]. intros H. simpl. destruct (Nat.eq_dec i m) as [-> | n].
  - rewrite delta_refl, (bsum_ext m _ (fun _ => 0)); [rewrite bsum_const; ring |].
    intros j Hj. rewrite delta_diff by lia. ring.
  - rewrite IHm, delta_diff by lia. ring.
Qed.
Lemma bsum_delta_left m i f : (i < m)%nat -> bsum m (fun j => delta j i * f j) = f i.
Proof. intros H. rewrite <- (bsum_delta m i f H). apply bsum_ext. intros. rewrite delta_sym. reflexivity. Qed.

(** A certificate for a sum: the summand as a linear combination of others, each with its sum. *)
Fixpoint combination (l : list (R * (nat -> R))) (j : nat) : R :=
  match l with [] => 0 | (c, h) :: rest => c * h j + combination rest j end.
Fixpoint combination_sum (m : nat) (l : list (R * (nat -> R))) : R :=
  match l with [] => 0 | (c, h) :: rest => c * bsum m h + combination_sum m rest end.
Lemma sum_by m l f : (forall j, (j < m)%nat -> f j = combination l j) -> bsum m f = combination_sum m l.
Proof.
  intros H. rewrite (bsum_ext m f (combination l) H). clear. induction l as [| [c h] rest IH]; simpl.
  - rewrite bsum_const. ring.
  - rewrite bsum_plus, bsum_scal, IH. reflexivity.
Qed.

(** Means and variances *)
Lemma size_pos m : (0 < m)%nat -> 0 < INR m.
Proof. apply lt_0_INR. Qed.
Lemma sum_centred m z : (0 < m)%nat -> bsum m (fun j => z j - mean m z) = 0.
Proof.
  intros H. apply size_pos in H. rewrite bsum_minus, bsum_const. unfold mean. field. lra.
Qed.
Lemma sum_centred_sq m x : (0 < m)%nat -> bsum m (fun j => (x j - mean m x) ^ 2) = INR m * var m x.
Proof. intros H. apply size_pos in H. unfold var. field. lra. Qed.
Lemma bsum_nonneg m f : (forall j, 0 <= f j) -> 0 <= bsum m f.
Proof. intros H. induction m; simpl; [lra | specialize (H m); lra]. Qed.
Lemma var_nonneg m x : (0 < m)%nat -> 0 <= var m x.
Proof.
  intros H. apply size_pos in H. unfold var, Rdiv. apply Rmult_le_pos.
  - apply bsum_nonneg. intros. apply pow2_ge_0.
  - left. apply Rinv_0_lt_compat. exact H.
Qed.
Lemma mean_ext m x z : (forall j, (j < m)%nat -> x j = z j) -> mean m x = mean m z.
Proof. intros H. unfold mean. rewrite (bsum_ext m x z H). reflexivity. Qed.
Lemma var_ext m x z : (forall j, (j < m)%nat -> x j = z j) -> var m x = var m z.
Proof.
  intros H. unfold var. rewrite (mean_ext m x z H). f_equal. apply bsum_ext. intros. rewrite H by assumption. reflexivity.
Qed.

(** A batch of a chosen size: its entries are a mean and deviations, the last of which is the negative sum of the others. *)
Lemma centred n z : exists a c,
  (forall j, z j = a + c j) /\ mean (S n) z = a /\ c n = - bsum n c /\ var (S n) z = bsum (S n) (fun j => c j ^ 2) / INR (S n).
Proof.
  exists (mean (S n) z), (fun j => z j - mean (S n) z). split; [intros; ring |]. split; [reflexivity |]. split; [| reflexivity].
  pose proof (sum_centred (S n) z (Nat.lt_0_succ n)) as H. cbn [bsum] in H. lra.
Qed.

(** Roots and powers, by what they are when multiplied out *)
Lemma positive_root r n : 0 < r -> (0 < n)%nat -> exists s, 0 < s /\ r = s ^ n.
Proof.
  intros H N. exists (Rpower r (/ INR n)). split; [apply exp_pos |].
  rewrite <- Rpower_pow by apply exp_pos. rewrite Rpower_mult, Rinv_l, Rpower_1; auto. apply not_0_INR. lia.
Qed.
Lemma nonneg_root r n : 0 <= r -> (0 < n)%nat -> exists s, 0 <= s /\ r = s ^ n.
Proof.
  intros [H | <-] N.
  - destruct (positive_root r n H N) as [s [S E]]. exists s. split; [left; exact S | exact E].
  - exists 0. split; [right; reflexivity | symmetry; apply pow_i; exact N].
Qed.
Lemma positive_of a : 0 <= a -> a <> 0 -> 0 < a.
Proof. intros [H | <-] N; [exact H | contradiction]. Qed.
Lemma even_power a n : 0 <= a ^ (S (S n)) -> 0 <= a ^ (S (S (S (S n)))).
Proof. intros H. replace (a ^ S (S (S (S n)))) with (a ^ 2 * a ^ S (S n)) by (simpl; ring). apply Rmult_le_pos; [apply pow2_ge_0 | exact H]. Qed.
Lemma sqrt_is b r : 0 <= r -> b = r ^ 2 -> sqrt b = r.
Proof. intros H ->. apply sqrt_pow2. exact H. Qed.
Lemma Rpower_root b q n : 0 < b -> (0 < n)%nat -> Rpower b q = Rpower (b ^ n) (q / INR n).
Proof.
  intros H N. rewrite <- (Rpower_pow n b H), Rpower_mult. f_equal. field. apply not_0_INR. lia.
Qed.
Lemma power_is b r p q n : 0 < b -> 0 < r -> (0 < n)%nat -> INR p = INR n * q -> b ^ p = r ^ n -> Rpower b q = r.
Proof.
  intros B R N Q E. assert (Z : INR n <> 0) by (apply not_0_INR; lia).
  apply ln_inv; [apply exp_pos | exact R |]. unfold Rpower. rewrite ln_exp.
  apply (Rmult_eq_reg_l (INR n)); [| exact Z].
  rewrite <- Rmult_assoc, <- Q. rewrite <- (Rpower_pow p b B), <- (Rpower_pow n r R) in E.
  unfold Rpower in E. apply exp_inv in E. exact E.
Qed.
Lemma power_inverse_is b r p q n :
  0 < b -> 0 < r -> (0 < n)%nat -> INR p = - (INR n * q) -> b ^ p * r ^ n = 1 -> Rpower b q = r.
Proof.
  intros B R N Q E. assert (P : 0 < / r) by (apply Rinv_0_lt_compat; exact R).
  assert (F : Rpower b (- q) = / r).
  { apply (power_is b (/ r) p (- q) n); auto; [lra |].
    apply (Rmult_eq_reg_r (r ^ n)); [| apply pow_nonzero; lra].
    rewrite E, <- Rpow_mult_distr, Rinv_l by lra. rewrite pow1. reflexivity. }
  rewrite Rpower_Ropp in F. rewrite <- (Rinv_inv (Rpower b q)), F, Rinv_inv. reflexivity.
Qed.
